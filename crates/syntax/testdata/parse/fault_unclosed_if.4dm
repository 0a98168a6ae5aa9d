// language.md 17
If (True)
  DoIt
For ($i; 1; 2)
