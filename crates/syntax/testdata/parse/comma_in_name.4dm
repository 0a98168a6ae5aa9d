// public code: 4D itself declares variables like these (Compiler_Variables)
C_VARIANT(i,1,temp)
C_LONGINT($sub,; $end)
f(first,second)
