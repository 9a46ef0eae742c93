module example.com/asyncio-to-go/workshop/book

go 1.26.0

require (
	example.com/asyncio-to-go/workshop v0.0.0
	example.com/asyncio-to-go/workshop/course v0.0.0
	example.com/asyncio-to-go/workshop/lesson v0.0.0
	github.com/alecthomas/chroma/v2 v2.27.0
	github.com/aymanbagabas/go-udiff v0.4.1
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
	github.com/gofrs/flock v0.13.2
	github.com/stretchr/testify v1.12.1
	github.com/yuin/goldmark v1.8.7
)

require (
	github.com/dlclark/regexp2/v2 v2.2.1 // indirect
	github.com/fsnotify/fsnotify v1.10.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace example.com/asyncio-to-go/workshop => ../

replace example.com/asyncio-to-go/workshop/course => ../course

replace example.com/asyncio-to-go/workshop/lesson => ../lesson
