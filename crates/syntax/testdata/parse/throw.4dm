// docs/commands/throw.md; language-library.md L189-L191
throw(50042; "m")
throw({errCode: 1; message: "File {name} gone"; deferred: True})
throw
