package sample

// Pieces of hub.yaml that take something away from a member, and others that give it back.
const (
	DisableShop    = "version: 1\nservices:\n  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de002, environment: production, disabled: true}\n"
	EnableShop     = "version: 1\nservices:\n  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de002, environment: production, disabled: false}\n"
	DisableExport  = "version: 1\napiClients:\n  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de004, environment: production, disabled: true}\n"
	EnableExport   = "version: 1\napiClients:\n  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de004, environment: production, disabled: false}\n"
	BanSam         = "version: 1\nusers:\n  - {login: sam, banned: true}\n"
	LetSamIn       = "version: 1\nusers:\n  - {login: sam, banned: false}\n"
	TakeRobinsRole = "version: 1\nusers:\n  - {login: robin, roles: []}\n"
	GiveRobinsRole = "version: 1\nusers:\n  - {login: robin, roles: [{role: operator}]}\n"
	NarrowRole     = "version: 1\nroles:\n  - {key: operator, permissions: [\"payments:read\"]}\n"
	WidenRole      = "version: 1\nroles:\n  - {key: operator, permissions: [\"payments:create\", \"payments:read\"]}\n"
)
