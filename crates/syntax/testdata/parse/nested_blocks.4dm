// language.md 1
For ($i; 1; 2)
  If ($i=1)
    Case of
      : ($j=1)
        Repeat
          Use ($o)
            Try
              DoIt
            Catch
              other
            End try
          End use
        Until (True)
    End case
  Else
    While (False)
    End while
  End if
End for
