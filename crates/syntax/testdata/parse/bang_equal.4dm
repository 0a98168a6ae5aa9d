// public code: `!=` stands in a project in use
If ($a !=Null)
End if
