#DECLARE($item : Object) : Integer
return $item.value*2
