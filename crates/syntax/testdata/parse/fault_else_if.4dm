// language.md 3: there is no Else if
If (True)
  DoIt
Else if (False)
  other
End if
