// docs/Project/architecture.md: 48 public files have one
DoIt
