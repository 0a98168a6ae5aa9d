// docs/ORDA/orda-events.md
Function event touched($event : Object)
Function event touched name($event : Object)
Function event validateSave ($event : Object) : Object
Function event saving name($event : Object) : Object
Function event aftersave($event : Object)
Function event restrict() : cs.EmployeeSelection
Function event validateDrop($event : Object) : Object
Function event unheard()
