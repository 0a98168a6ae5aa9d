// docs/Concepts/cf_branching.md
Case of
  : ($a=1)
    DoIt
  : $a=2
    other
  :($a=3) | ($a=4)
  Else
    third
End case
Case of
End case
Case of
    // nothing yet
  : (True)
End case
