#DECLARE($item)
var $unused
$unused:=$item.value+"text"
return $item.value
