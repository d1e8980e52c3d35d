const answer = await fetch("{issuer}/api/rest/users/me", { headers: { Authorization: `Bearer ${process.env.HUB_SECRET}` } });
if (!answer.ok) throw new Error(await answer.text());
console.log((await answer.json()).id);
