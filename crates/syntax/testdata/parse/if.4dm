// docs/Concepts/cf_branching.md
If (True)
  DoIt
End if
If ($a=1) & ($b=2)
  DoIt
Else
  other
End if
IF ($a)
ELSE
  DoIt
END IF
If (($a))
End if
