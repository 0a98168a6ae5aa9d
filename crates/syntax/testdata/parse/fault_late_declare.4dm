// docs/Concepts/parameters.md
DoIt
#DECLARE($a : Text)
