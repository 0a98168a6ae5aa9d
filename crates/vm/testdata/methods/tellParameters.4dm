#DECLARE($a; $b)
return [Count parameters; Copy parameters; Current method name]
