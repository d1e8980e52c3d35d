package readme

import "strings"

// Block is a fenced block of a page.
type Block struct {
	Info string // behind the fence: sh, sh background, text, go
	Text string
	Line int // of its first line
}

// Blocks gives the fenced blocks of a page in order.
func Blocks(page string) []Block {
	var all []Block
	inside, number := false, 0
	for line := range strings.Lines(page) {
		number++
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !inside:
			inside = true
			all = append(all, Block{Info: strings.TrimSpace(info), Line: number + 1})
		case fence:
			inside = false
		case inside:
			all[len(all)-1].Text += line
		}
	}
	return all
}
