// language.md 17: the inner block is reported, the outer one goes on
While (True)
  If ($a)
    DoIt
End while
other
