// fib(30): a million calls of a method
return fib(30)
