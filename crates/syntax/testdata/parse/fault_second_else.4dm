// language.md 3
If (True)
Else
Else
End if
Try
Catch
Catch
End try
Case of
Else
: (True)
End case
