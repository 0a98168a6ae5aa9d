// docs/Concepts/classes.md
Function a()
property b : Text
DoIt
