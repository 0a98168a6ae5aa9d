local object = { count = 0, total = 0, name = "x" }
for i = 1, 1000000 do
  object.count = object.count + 1
  object.total = object.total + object.count
end
for i = 1, 200000 do
  local point = { x = i, y = i + 1 }
  object.count = object.count + point.y
end
return object.total + object.count
