// Queues an error, and goes on to its end.
throw({errCode: 5; message: "later"; deferred: True})
steps:=steps+"after "
return "result"
