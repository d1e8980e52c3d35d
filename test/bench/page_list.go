package main

// everyPage lists the pages in the order of the navigation, as the person and as the officer sees them.
func everyPage() []*shownPage {
	const user = "/admin/users/crowd-0050000"
	var all []*shownPage
	as := func(who string, pages ...[2]string) {
		for _, page := range pages {
			all = append(all, &shownPage{name: page[0], path: page[1], who: who})
		}
	}
	as("", [2]string{"sign-in", "/auth/login"}, [2]string{"device", "/device"})
	as(person,
		[2]string{"home", "/"},
		[2]string{"home, searched", "/?q=service+000"},
		[2]string{"profile", "/account"},
		[2]string{"e-mail address", "/account/email"},
		[2]string{"password", "/account/security/password"},
		[2]string{"account security", "/account/security"},
		[2]string{"account security, new token", "/account/security/tokens/new"},
		[2]string{"activity", "/account/activity"},
		[2]string{"activity, sign-ins", "/account/activity?show=sign-ins"},
		[2]string{"API access", "/settings/api-access"},
		[2]string{"API reference", "/help/api"},
		[2]string{"sign out", "/auth/logout"},
	)
	as(officer,
		[2]string{"dashboard", "/admin"},
		[2]string{"dashboard, 90 days", "/admin?period=90d"},
		[2]string{"audit log", "/admin/audit"},
		[2]string{"audit log, further on", `/admin/audit{audit log|\?after=[^"]+}`},
		[2]string{"audit log, of an author", "/admin/audit?author=crowd-0050000"},
		[2]string{"audit log, refused", "/admin/audit?result=refused"},
		[2]string{"audit log, tokens made", "/admin/audit?what=permanent-token.*"},
		[2]string{"hygiene", "/admin/hygiene"},
		[2]string{"hygiene, unused", "/admin/hygiene?flag=unused"},
		[2]string{"hygiene, expires soon", "/admin/hygiene?flag=expires-soon"},
		[2]string{"hygiene, wide", "/admin/hygiene?flag=wide"},
		[2]string{"hygiene, owner gone", "/admin/hygiene?flag=owner-gone"},
		[2]string{"users", "/admin/users"},
		[2]string{"users, further on", `/admin/users{users|\?after=[^"]+}`},
		[2]string{"users, backwards", "/admin/users?order=desc"},
		[2]string{"users, by name", "/admin/users?q=surname0050000"},
		[2]string{"users, by beginning", "/admin/users?q=name0"},
		[2]string{"users, of a group", "/admin/users?group=Team+007"},
		[2]string{"users, bots", "/admin/users?state=bot"},
		[2]string{"users, banned", "/admin/users?state=banned"},
		[2]string{"user", user},
		[2]string{"user, groups and roles", user + "/groups"},
		[2]string{"user, API clients", user + "/api-clients"},
		[2]string{"user, account security", user + "/security"},
		[2]string{"user, delete", user + "/delete"},
		[2]string{"groups", "/admin/groups"},
		[2]string{"group", `{groups|/admin/groups/[0-9a-z][^"/?]+}`},
		[2]string{"roles", "/admin/roles"},
		[2]string{"role", `{roles|/admin/roles/[0-9a-z][^"/?]{20,}}`},
		[2]string{"organisations", "/admin/organisations"},
		[2]string{"organisation", `{organisations|/admin/organisations/[0-9a-z][^"/?]{20,}}`},
		[2]string{"services", "/admin/services"},
		[2]string{"services, searched", "/admin/services?q=service+00012"},
		[2]string{"service", "/admin/services/" + service(0).id},
		[2]string{"service, new", "/admin/services/new"},
		[2]string{"system", "/admin/system"},
		[2]string{"home of an administrator", "/"},
	)
	return all
}
