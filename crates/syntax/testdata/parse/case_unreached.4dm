// docs/Concepts/cf_branching.md
Case of
  DoIt
  : ($a=1)
    other
End case
