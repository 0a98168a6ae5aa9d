// Processes, workers and signals (docs/Develop/processes.md, docs/commands/call-worker.md, docs/API/SignalClass.md).

//# L202: with * a running process of the name is answered, and none is started
$signal:=New signal
$into:=New shared object
$first:=New process("waitFor"; 0; "n"; $signal; $into; *)
$second:=New process("waitFor"; 0; "n"; $signal; $into; *)
$third:=New process("waitFor"; 0; "n"; $signal; $into)
$signal.trigger()
return [$first>0; $first=$second; $first=$third]
//= [true,true,false]

//# L203: an ordinary object arrives as a copy, a shared one as itself
$copied:={n: 1}
$shared:=New shared object("n"; 1)
$done:=New signal
New process("changeObjects"; 0; ""; $copied; $shared; $done)
$done.wait(10)
return [$copied.n; $shared.n; $shared.seen]
//= [1,2,2]

//# what belongs to its process can't be passed
var $x : Integer
New process("changeObjects"; 0; ""; ->$x)
//! can't be passed to another process

//# a method that does not exist can't be run
New process("nowhere"; 0)
//! There is no method nowhere

//# L204: calls of a worker run one after the other, and share its process variables
$into:=New shared object("list"; New shared collection)
$done:=New signal
CALL WORKER("w"; "countCalls"; 1; $into)
CALL WORKER("w"; "countCalls"; 2; $into)
CALL WORKER("w"; "countCalls"; 3; $into; $done)
$done.wait(10)
return $into.list
//= [11,22,33]

//# a worker is called with a formula, which brings what it captured
$into:=New shared object("list"; New shared collection)
$done:=New signal
$step:=7
CALL WORKER("w"; Formula(countCalls($step; $into; $done)))
$done.wait(10)
return $into.list
//= [71]

//# an error ends a call of a worker, not the worker
$into:=New shared object("list"; New shared collection)
$done:=New signal
CALL WORKER("w"; Formula(throw(1; "on purpose")))
CALL WORKER("w"; "countCalls"; 1; $into; $done)
return [$done.wait(10); $into.list.length]
//= [true,1]

//# L205: calling a process that is no worker does nothing
CALL WORKER(999999; "countCalls"; 1)
CALL WORKER(Current process; "countCalls"; 1)
return "went on"
//= "went on"

//# L206: names of workers are case-sensitive
$into:=New shared object("list"; New shared collection)
$one:=New signal
$two:=New signal
CALL WORKER("W"; "countCalls"; 1; $into; $one)
$one.wait(10)
CALL WORKER("w"; "countCalls"; 2; $into; $two)
$two.wait(10)
return $into.list
//= [11,21]

//# a worker that was killed starts anew with the next call
$into:=New shared object("list"; New shared collection)
$one:=New signal
$two:=New signal
CALL WORKER("k"; "countCalls"; 1; $into; $one)
$one.wait(10)
KILL WORKER("k")
CALL WORKER("k"; "countCalls"; 2; $into; $two)
$two.wait(10)
return $into.list
//= [11,21]

//# a worker is found by its number too
$into:=New shared object("list"; New shared collection)
$told:=New signal
$done:=New signal
CALL WORKER("numbered"; "tellName"; $into; $told)
$told.wait(10)
CALL WORKER($into.number; "countCalls"; 4; $into; $done)
$done.wait(10)
return [$into.name; $into.list; Process number("numbered")=$into.number]
//= ["numbered",[41],true]

//# L207: a signal that nobody triggers is waited for as long as asked
$signal:=New signal("of nobody")
return [$signal.wait(0.01); $signal.signaled; $signal.description]
//= [false,false,"of nobody"]

//# L207: once triggered, waiting is over at once; a second trigger does nothing
$signal:=New signal
$signal.trigger()
$signal.trigger()
return [$signal.wait(); $signal.wait(0.01); $signal.signaled]
//= [true,true,true]

//# L207: a trigger in another process ends the wait
$signal:=New signal
$into:=New shared object
New process("waitFor"; 0; ""; $signal; $into)
New process("tellName"; 0; "teller"; $into; $signal)
return [$signal.wait(10); $into.name]
//= [true,"teller"]

//# a signal has properties of its own inside Use, and refuses them outside
$signal:=New signal
Use ($signal)
	$signal.answer:=42
End use 
Try
	$signal.answer:=43
Catch
End try
return [$signal.answer; Last errors.length; OB Instance of($signal; 4D.Signal)]
//= [42,1,true]

//# a signal fits into shared objects, and is the same there
$signal:=New signal
$shared:=New shared object("s"; $signal)
$shared.s.trigger()
return [$signal.signaled; $shared.s=$signal]
//= [true,true]

//# L232: no process has the number: Null
return [Process info(99999999); Process state(99999999)]
//= [null,-100]

//# L232: a worker's type is 5, that of New process 4
$into:=New shared object
$done:=New signal
CALL WORKER("typed"; "tellName"; $into; $done)
$done.wait(10)
$worker:=$into.type
$done:=New signal
New process("tellName"; 0; "other"; $into; $done)
$done.wait(10)
return [$worker; $into.type]
//= [5,4]

//# L232: what is told of a process
$info:=Process info(Current process)
return [$info.number=Current process; $info.name=Current process name; $info.state; $info.preemptive; $info.creationDateTime]
//= [true,true,0,true,"2023-11-14T22:13:20.000Z"]

//# a semaphore is one process's at a time (docs/commands-legacy/semaphore.md)
$held:=New signal
$letGo:=New signal
New process("holdSemaphore"; 0; ""; "mine"; $held; $letGo)
$held.wait(10)
$taken:=Semaphore("MINE")
CLEAR SEMAPHORE("mine")
$still:=Test semaphore("mine")
$letGo.trigger()
$free:=Not(Semaphore("mine"; 600))
CLEAR SEMAPHORE("mine")
return [$taken; $still; $free; Test semaphore("mine")]
//= [true,true,true,false]
