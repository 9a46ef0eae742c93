package course

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pageThatDiffers = "" +
	"```diff\n-   0.0s  main        each\n```\n" +
	"```diff python>=3.12\n-   0.0s  main        new\n```\n" +
	"```diff python<3.12\n-   0.0s  main        old\n```\n" +
	"```diff stage 1\n+   0.0s  main        stage\n```\n" +
	"```diff stage 1 python>=3.12\n-   0.0s  main        new stage\n```\n"

func TestAPageSaysForWhichPythonALineHolds(t *testing.T) {
	const each, fresh, old = "-   0.0s  main        each\n", "-   0.0s  main        new\n", "-   0.0s  main        old\n"
	assert.Equal(t, each+old, Differences(pageThatDiffers, "", "3.11.7"))
	assert.Equal(t, each+fresh, Differences(pageThatDiffers, "", "3.12.1"))
	assert.Equal(t, each+fresh, Differences(pageThatDiffers, "", "3.100.0"), "versions are no decimal fractions")
	assert.Equal(t, "+   0.0s  main        stage\n", Differences(pageThatDiffers, "stage 1", "3.11.7"))
	assert.Equal(t, "+   0.0s  main        stage\n-   0.0s  main        new stage\n", Differences(pageThatDiffers, "stage 1", "3.13.0"))
	assert.Empty(t, Differences(pageThatDiffers, "stage 2", "3.13.0"))
}

func TestEachPythonOfPATHAndPyenvIsAsked(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("pyenv is for Unix")
	}
	home, bin := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PATH", bin)
	pyenv := filepath.Join(home, ".pyenv", "versions", "3.12.1", "bin")
	require.NoError(t, os.MkdirAll(pyenv, 0o755))
	var want []string
	for _, file := range []string{filepath.Join(bin, "python3"), filepath.Join(bin, "python3.13"), filepath.Join(pyenv, "python3.12")} {
		want = append(want, file)
		require.NoError(t, os.WriteFile(file, nil, 0o755))
	}
	require.NoError(t, os.WriteFile(filepath.Join(bin, "python3-config"), nil, 0o755))
	assert.ElementsMatch(t, want, pythonCommands())
}
