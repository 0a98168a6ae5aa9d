local numbers = {}
for i = 1, 100000 do numbers[i] = (i * 7919) % 100003 end
local function map(list, f)
  local out = {}
  for i, value in ipairs(list) do out[i] = f({ value = value }) end
  return out
end
local function filter(list, f)
  local out = {}
  for _, value in ipairs(list) do
    if f({ value = value }) then out[#out + 1] = value end
  end
  return out
end
local mapped = map(numbers, function(item) return item.value * 3 + 1 end)
local some = filter(mapped, function(item) return item.value > 150000 end)
table.sort(some, function(a, b) return a < b end)
local sum = 0
for _, value in ipairs(some) do sum = sum + value end
return some[1] + #some + sum
