#DECLARE($item : Object) : Integer
$item.stop:=($item.value=2)
return $item.value*10
