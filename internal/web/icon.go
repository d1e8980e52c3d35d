package web

import "html/template"

// icons are the drawings, 20 by 20, one line thick.
var icons = map[string]string{
	"alert":    `<path d="M10 3.2 18 16.5H2z"/><path d="M10 8.3v3.4M10 14.1h.01"/>`,
	"arrow":    `<path d="M3.5 10h13M11.5 5l5 5-5 5"/>`,
	"award":    `<circle cx="10" cy="8" r="5"/><path d="m7 12.5-1 5 4-2 4 2-1-5"/>`,
	"bot":      `<rect x="3.5" y="7" width="13" height="9.5" rx="2.5"/><path d="M10 7V3.5M7.5 11v1.5M12.5 11v1.5"/>`,
	"chart":    `<path d="M3 17h14M5.5 13.5V10M10 13.5V4M14.5 13.5V7"/>`,
	"check":    `<path d="m4 10.5 4 4 8-9"/>`,
	"chevron":  `<path d="m7.5 4.5 5.5 5.5-5.5 5.5"/>`,
	"clock":    `<circle cx="10" cy="10" r="7"/><path d="M10 6v4.2l2.8 1.7"/>`,
	"code":     `<path d="m6.5 6-4 4 4 4M13.5 6l4 4-4 4M11.3 4 8.7 16"/>`,
	"copy":     `<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3H5a2 2 0 0 0-2 2v6.5A1.5 1.5 0 0 0 4.5 13"/>`,
	"cross":    `<path d="m5 5 10 10M15 5 5 15"/>`,
	"done":     `<path d="m4 10.5 4 4 8-9"/>`,
	"download": `<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>`,
	"eye":      `<path d="M1.8 10C3.5 6.5 6.4 4.8 10 4.8s6.5 1.7 8.2 5.2c-1.7 3.5-4.6 5.2-8.2 5.2S3.5 13.5 1.8 10z"/><circle cx="10" cy="10" r="2.5"/>`,
	"globe":    `<circle cx="10" cy="10" r="7.2"/><path d="M2.8 10h14.4M10 2.8c2.4 2.3 3.4 4.6 3.4 7.2s-1 4.9-3.4 7.2C7.6 14.9 6.6 12.6 6.6 10S7.6 5.1 10 2.8z"/>`,
	"groups":   `<rect x="3" y="3" width="6" height="6" rx="2"/><rect x="11" y="3" width="6" height="6" rx="2"/><rect x="3" y="11" width="6" height="6" rx="2"/><path d="M14 11.5v5M11.5 14h5"/>`,
	"info":     `<circle cx="10" cy="10" r="7.2"/><path d="M10 9.3v4.2M10 6.6h.01"/>`,
	"key":      `<circle cx="6.5" cy="13.5" r="3.2"/><path d="m8.9 11.2 7.6-7.6M13.5 6.6l2 2"/>`,
	"laptop":   `<rect x="4" y="4" width="12" height="8.5" rx="1.5"/><path d="M2 15.5h16"/>`,
	"link":     `<path d="M8.5 11.5a3.2 3.2 0 0 0 4.6 0l2.6-2.6a3.2 3.2 0 0 0-4.6-4.6L10 5.4M11.5 8.5a3.2 3.2 0 0 0-4.6 0l-2.6 2.6a3.2 3.2 0 0 0 4.6 4.6l1.1-1.1"/>`,
	"list":     `<path d="M7.5 5H17M7.5 10H17M7.5 15H17M3.5 5h.01M3.5 10h.01M3.5 15h.01"/>`,
	"lock":     `<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M6.8 9V6.5a3.2 3.2 0 0 1 6.4 0V9"/>`,
	"mail":     `<rect x="2.5" y="4.5" width="15" height="11" rx="2"/><path d="m3 6 7 5.2L17 6"/>`,
	"menu":     `<path d="M3 5.5h14M3 10h14M3 14.5h14"/>`,
	"minus":    `<path d="M6 10h8"/>`,
	"moon":     `<path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z"/>`,
	"passkey":  `<circle cx="7.5" cy="6.5" r="3"/><path d="M2.5 16.5c.3-3.2 2.2-5 5-5 1 0 1.9.2 2.6.7M14.5 11.5v6M12.8 15.6h1.7"/><circle cx="14.5" cy="9.7" r="1.9"/>`,
	"people":   `<circle cx="7.5" cy="7" r="2.8"/><path d="M2.3 16.3c.5-2.9 2.5-4.4 5.2-4.4s4.7 1.5 5.2 4.4M13 4.5a2.7 2.7 0 0 1 0 5.1M15 12.4c1.5.6 2.5 1.9 2.8 3.9"/>`,
	"phone":    `<rect x="5.5" y="2.5" width="9" height="15" rx="2"/><path d="M9 14.8h2"/>`,
	"pins":     `<rect x="2.5" y="6" width="15" height="8" rx="2"/><path d="M6.2 10h.01M10 10h.01M13.8 10h.01"/>`,
	"plug":     `<path d="M7 3v4M13 3v4M5 7h10v2.5a5 5 0 0 1-10 0zM10 14.5V18"/>`,
	"plus":     `<path d="M10 4v12M4 10h12"/>`,
	"refresh":  `<path d="M16 9.5A6 6 0 0 0 5.3 6.3L3.5 8M3.5 4v4h4M4 10.5a6 6 0 0 0 10.7 3.2l1.8-1.7M16.5 16v-4h-4"/>`,
	"scope":    `<circle cx="10" cy="10" r="6.8"/><circle cx="10" cy="10" r="2.6"/><path d="M10 3.2v4.2M10 12.6v4.2"/>`,
	"search":   `<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 3.6 3.6"/>`,
	"server":   `<rect x="3" y="3.5" width="14" height="5.5" rx="1.5"/><rect x="3" y="11" width="14" height="5.5" rx="1.5"/><path d="M6 6.2h.01M6 13.8h.01"/>`,
	"shield":   `<path d="M10 2.8 16.2 5v4.6c0 3.8-2.5 6.4-6.2 7.8-3.7-1.4-6.2-4-6.2-7.8V5z"/><path d="m7.3 9.9 2 2 3.5-3.7"/>`,
	"sign-out": `<path d="M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H8"/>`,
	"sliders":  `<path d="M3 6h8M15 6h2M3 14h2M9 14h8"/><circle cx="13" cy="6" r="2"/><circle cx="7" cy="14" r="2"/>`,
	"sun":      `<circle cx="10" cy="10" r="3.3"/><path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"/>`,
	"terminal": `<rect x="2.5" y="3.5" width="15" height="13" rx="2"/><path d="m6 8 2.5 2.2L6 12.4M10.5 13h3.5"/>`,
	"ticket":   `<path d="M2.5 6.5A1.5 1.5 0 0 1 4 5h12a1.5 1.5 0 0 1 1.5 1.5V8.2a1.9 1.9 0 0 0 0 3.6v1.7A1.5 1.5 0 0 1 16 15H4a1.5 1.5 0 0 1-1.5-1.5v-1.7a1.9 1.9 0 0 0 0-3.6zM12 5.2v1.5M12 9.2v1.6M12 13.3v1.5"/>`,
	"trash":    `<path d="M3.5 5.5h13M8 5.3V3.5h4v1.8M5.2 5.5l.8 11h8l.8-11M8.5 9v4.5M11.5 9v4.5"/>`,
	"user":     `<circle cx="10" cy="7" r="3.2"/><path d="M3.8 17c.6-3.3 3-5 6.2-5s5.6 1.7 6.2 5"/>`,
}

// iconClasses are of icons that the stylesheet shows, hides or mirrors.
var iconClasses = map[string]string{
	"sun": " icon--sun", "moon": " icon--moon", "copy": " icon--copy", "done": " icon--done",
	"chevron": " icon--dir", "sign-out": " icon--dir", "arrow": " icon--dir",
}

// icon draws an icon, for eyes only: what it means stands beside it in words.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon` + iconClasses[name] + `" viewBox="0 0 20 20" aria-hidden="true">` + icons[name] + `</svg>`)
}
