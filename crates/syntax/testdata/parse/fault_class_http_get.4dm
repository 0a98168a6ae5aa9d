// docs/ORDA/ordaClasses.md; O175
Class extends DataClass
onHTTPGet Function a()
exposed onHTTPGet Function b()
