package web

import "html/template"

// icons are the drawings, 20 by 20, one line thick.
var icons = map[string]string{
	"alert":    `<path d="M10 3.2 18 16.5H2z"/><path d="M10 8.3v3.4M10 14.1h.01"/>`,
	"check":    `<path d="m4 10.5 4 4 8-9"/>`,
	"chevron":  `<path d="m7.5 4.5 5.5 5.5-5.5 5.5"/>`,
	"copy":     `<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3H5a2 2 0 0 0-2 2v6.5A1.5 1.5 0 0 0 4.5 13"/>`,
	"cross":    `<path d="m5 5 10 10M15 5 5 15"/>`,
	"done":     `<path d="m4 10.5 4 4 8-9"/>`,
	"eye":      `<path d="M1.8 10C3.5 6.5 6.4 4.8 10 4.8s6.5 1.7 8.2 5.2c-1.7 3.5-4.6 5.2-8.2 5.2S3.5 13.5 1.8 10z"/><circle cx="10" cy="10" r="2.5"/>`,
	"info":     `<circle cx="10" cy="10" r="7.2"/><path d="M10 9.3v4.2M10 6.6h.01"/>`,
	"lock":     `<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M6.8 9V6.5a3.2 3.2 0 0 1 6.4 0V9"/>`,
	"menu":     `<path d="M3 5.5h14M3 10h14M3 14.5h14"/>`,
	"moon":     `<path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z"/>`,
	"pins":     `<rect x="2.5" y="6" width="15" height="8" rx="2"/><path d="M6.2 10h.01M10 10h.01M13.8 10h.01"/>`,
	"sign-out": `<path d="M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H8"/>`,
	"sun":      `<circle cx="10" cy="10" r="3.3"/><path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"/>`,
	"ticket":   `<path d="M2.5 6.5A1.5 1.5 0 0 1 4 5h12a1.5 1.5 0 0 1 1.5 1.5V8.2a1.9 1.9 0 0 0 0 3.6v1.7A1.5 1.5 0 0 1 16 15H4a1.5 1.5 0 0 1-1.5-1.5v-1.7a1.9 1.9 0 0 0 0-3.6zM12 5.2v1.5M12 9.2v1.6M12 13.3v1.5"/>`,
}

// iconClasses are of icons that the stylesheet shows, hides or mirrors.
var iconClasses = map[string]string{
	"sun": " icon--sun", "moon": " icon--moon", "copy": " icon--copy", "done": " icon--done", "chevron": " icon--dir", "sign-out": " icon--dir",
}

// icon draws an icon, for eyes only: what it means stands beside it in words.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon` + iconClasses[name] + `" viewBox="0 0 20 20" aria-hidden="true">` + icons[name] + `</svg>`)
}
