// docs/Concepts/operators.md
If ($a:=1)
  DoIt
End if
While ($a==1)
End while
