// docs/Concepts/shared.md
Use (Storage)
  Storage.x:=1
End use
Use (Session.storage.payLoad)
End use
