// docs/Concepts/cf_looping.md
For ($i; 1)
  DoIt
End for
For $i
End for
For each ($x)
  other
End for each
For ($i; 1; 2) While (True)
End for
