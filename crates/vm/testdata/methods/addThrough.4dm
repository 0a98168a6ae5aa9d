#DECLARE($to : Pointer; $n : Integer)
$to->:=$to->+$n
