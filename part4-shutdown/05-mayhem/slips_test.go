package main

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

// What the article's code does beside its text, in as few lines as that takes.
const slips = `
import asyncio, functools, gc

class Message:  # the article's has attrs; the default is the same
    restarted = saved = False

msg = Message()
msg.restart = msg.save = True  # what its restart_host and save set
print("restarted", msg.restarted, "saved", msg.saved)

def handler(extra, loop, context):
    print("handler", extra, context["message"])

async def shutdown(loop, signal=None):
    print("signal", signal)

async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(functools.partial(handler, "extra"))
    loop.call_exception_handler({"message": "from within"})
    await shutdown(loop)
    queue = asyncio.Queue(1)
    queue.put_nowait(1)
    asyncio.create_task(queue.put(2))  # no reference is kept, and this put has to wait
    await asyncio.sleep(0)
    del queue
    gc.collect()
    await asyncio.sleep(0)
    print("tasks", len(asyncio.all_tasks()) - 1)

asyncio.run(main())
`

func TestTheArticlesSlips(t *testing.T) {
	_ = course.Pythons(t) // skips, by name, where there is none
	out, err := exec.CommandContext(t.Context(), "python3", "-c", slips).Output()
	require.NoError(t, err)
	assert.Equal(t, `restarted False saved False
handler extra from within
signal None
handler extra Task was destroyed but it is pending!
tasks 0
`, string(out))
}
