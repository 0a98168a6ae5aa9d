#DECLARE($item : Object) : Integer
kept.push($item)
return 0
