local parts, length = {}, 0
for i = 1, 200000 do
  parts[#parts + 1] = "item " .. tostring(i) .. ";"
end
local text = table.concat(parts)
for i = 1, 200000 do
  length = length + #(string.sub("a text of some length", 3, 6))
end
return #text + length
