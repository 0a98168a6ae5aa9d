local sum = 0
for i = 1, 200 do
  for j = 1, 200 do
    for k = 1, 100 do
      if i + k < j then sum = sum + k else sum = sum - 1 end
    end
  end
end
return sum
