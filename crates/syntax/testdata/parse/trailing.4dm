// public code: text after the end of a statement
DoIt();
$a:=1;
If (True)
Else maybe
End if ($a)
