// docs/Concepts/classes.md; language.md 9
shared singleton Class constructor()
exposed Function a()
local exposed Function b()
exposed onHTTPGet Function c() : 4D.OutgoingMessage
EXPOSED LOCAL FUNCTION d()
shared Function e()
  Function indented()
