//%attributes = {"invisible":true,"preemptive":"capable"}
// docs/Project/architecture.md
DoIt
