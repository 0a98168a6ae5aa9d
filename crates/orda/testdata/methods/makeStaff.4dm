// Two companies; Ada and Grace at the first, Alan at the second, Kurt alone; Ada leads Grace and Alan.
ds.Company.fromCollection([{ID: 1; name: "Acme"; revenues: 100}; {ID: 2; name: "Birch"; revenues: 50}])
ds.Employee.fromCollection([\
	{ID: 1; firstName: "Ada"; lastName: "Lovelace"; salary: 40; birthDate: !1815-12-10!; employerID: 1; extra: {age: 36; tags: [{kind: "x"; city: "y"}; {kind: "z"; city: "w"}]}}; \
	{ID: 2; firstName: "Grace"; lastName: "Hopper"; salary: 30; employerID: 1; managerID: 1; extra: {age: 85; tags: [{kind: "x"; city: "w"}]}}; \
	{ID: 3; firstName: "Alan"; lastName: "Turing"; salary: 20; employerID: 2; managerID: 1}; \
	{ID: 4; firstName: "Kurt"; lastName: "gödel"; extra: {tags: []}}])
