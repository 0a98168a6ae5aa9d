// docs/Concepts/parameters.md
#DECLARE($a : Text; b : Text)
DoIt
