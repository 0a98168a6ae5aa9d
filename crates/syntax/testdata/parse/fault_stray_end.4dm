// language.md 17
DoIt
End if
Else
Until (True)
: ($a)
Catch
End for each
other
