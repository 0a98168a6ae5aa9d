local Counter = {}
Counter.__index = Counter
function Counter:add(n) self.total = self.total + n end
function Counter:value() return self.total end
local StepCounter = setmetatable({}, { __index = Counter })
StepCounter.__index = StepCounter
function StepCounter.new(by) return setmetatable({ total = 0, by = by }, StepCounter) end
function StepCounter:step() self.total = self.total + self.by end
local counter = StepCounter.new(2)
for i = 1, 500000 do
  counter:add(i)
  counter:step()
end
return counter:value()
