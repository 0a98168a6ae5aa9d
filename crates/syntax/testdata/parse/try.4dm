// docs/Concepts/error-handling.md
Try
  DoIt
Catch
  $e:=Last errors
End try
try
  DoIt
end try
