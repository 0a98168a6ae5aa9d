#DECLARE($item : Object; $length : Integer)
$item.result:=Length($item.value)>=$length
