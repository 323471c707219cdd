package keyring_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/keyring"
)

var about = []byte("about this item")

func newRing(t *testing.T) (*keyring.Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys", "items.json")
	r, err := keyring.LoadOrCreate(path)
	require.NoError(t, err)
	return r, path
}

func TestLoadSaysWhatIsWrongWithTheFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes mean nothing on Windows")
	}
	_, good := newRing(t)
	text, err := os.ReadFile(good)
	require.NoError(t, err)
	tests := []struct {
		name string
		text string
		mode os.FileMode
		want string
	}{
		{"others may read", string(text), 0o604, "chmod 600"},
		{"the group may write", string(text), 0o620, "chmod 600"},
		{"not a key set", `{"keys":1}`, 0o600, "not a tink JSON key set"},
		{"no keys", `{"primaryKeyId":0,"key":[]}`, 0o600, "not a tink JSON key set"},
		{"empty", "", 0o600, "not a tink JSON key set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "items.json")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
			require.NoError(t, os.Chmod(path, tt.mode))
			_, err := keyring.Load(path)
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, path)
		})
	}
	_, err = keyring.Load(filepath.Join(t.TempDir(), "none.json"))
	assert.ErrorContains(t, err, "restore it")
}

func TestMountedSecretReadableByTheGroupIsAccepted(t *testing.T) {
	r, path := newRing(t)
	require.NoError(t, os.Chmod(path, 0o440))
	other, err := keyring.Load(path)
	require.NoError(t, err)
	sealed, _, err := r.Seal([]byte("x"), about)
	require.NoError(t, err)
	_, err = other.Open(sealed, about)
	assert.NoError(t, err)
}

func TestNewKeySetCanBeReadByItsOwnerOnlyAndLeavesNothingBeside(t *testing.T) {
	r, path := newRing(t)
	_, err := r.Rotate()
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestProcessesThatStartTogetherShareOneKeySet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.json")
	rings := make([]*keyring.Ring, 8)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			r, err := keyring.LoadOrCreate(path)
			if assert.NoError(t, err) {
				rings[i] = r
			}
		})
	}
	wg.Wait()
	for _, from := range rings {
		sealed, _, err := from.Seal([]byte("x"), about)
		require.NoError(t, err)
		for _, to := range rings {
			_, err := to.Open(sealed, about)
			require.NoError(t, err)
		}
	}
}

func TestOpenTellsAMissingKeyFromAlteredContent(t *testing.T) {
	r, _ := newRing(t)
	stranger, _ := newRing(t)
	sealed, id, err := stranger.Seal([]byte("x"), about)
	require.NoError(t, err)

	_, err = r.Open(sealed, about)
	var missing *keyring.MissingKeyError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, id, missing.ID)
	assert.False(t, missing.Disabled)

	ours, _, err := r.Seal([]byte("x"), about)
	require.NoError(t, err)
	_, err = r.Open(ours, []byte("about something else"))
	require.ErrorIs(t, err, keyring.ErrAltered)
	for cut := range len(ours) {
		_, err := r.Open(ours[:cut], about)
		require.ErrorIs(t, err, keyring.ErrAltered, "cut to %d bytes", cut)
	}
	for i := 5; i < len(ours); i++ {
		flipped := bytes.Clone(ours)
		flipped[i] ^= 1
		_, err := r.Open(flipped, about)
		require.ErrorIs(t, err, keyring.ErrAltered, "byte %d flipped", i)
	}
}

func TestPrimaryKeyCannotBeDisabledAndUnknownKeysCannotBeChanged(t *testing.T) {
	r, _ := newRing(t)
	keys, err := r.Keys()
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.ErrorContains(t, r.Disable(keys[0].ID), "primary")
	unknown := keys[0].ID + 1
	require.ErrorContains(t, r.Promote(unknown), unknown.String())
	require.ErrorContains(t, r.Disable(unknown), unknown.String())
	require.ErrorContains(t, r.Enable(unknown), unknown.String())
}

func TestInterruptedChangeIsNamed(t *testing.T) {
	r, path := newRing(t)
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
	_, err := r.Rotate()
	require.ErrorContains(t, err, "remove "+path+".lock")
}

func TestErrorsAndKeyListsHoldNoKeyMaterial(t *testing.T) {
	r, path := newRing(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	_, secret, ok := strings.Cut(string(text), `"value":"`)
	require.True(t, ok, "the key set's format changed: %d bytes", len(text))
	secret = secret[:20]
	keys, err := r.Keys()
	require.NoError(t, err)
	for _, k := range keys {
		assert.NotContains(t, k.ID.String(), secret)
	}
	assert.NotContains(t, r.Disable(keys[0].ID).Error(), secret)
}

// TestRotationNeverLosesContent drives two rings on one file, as two processes
// are, through random changes, and checks after each that everything opens
// whose key is enabled, in both.
func TestRotationNeverLosesContent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path, t := filepath.Join(t.TempDir(), "items.json"), rt
		first, err := keyring.LoadOrCreate(path)
		require.NoError(t, err)
		second, err := keyring.Load(path)
		require.NoError(t, err)
		rings := []*keyring.Ring{first, second}

		type item struct{ plain, sealed []byte }
		var items []item
		pick := func(t *rapid.T) *keyring.Ring { return rings[rapid.IntRange(0, 1).Draw(t, "ring")] }
		someKey := func(t *rapid.T, want func(keyring.Key) bool) keyring.KeyID {
			keys, err := first.Keys()
			require.NoError(t, err)
			var ids []keyring.KeyID
			for _, k := range keys {
				if want(k) {
					ids = append(ids, k.ID)
				}
			}
			if len(ids) == 0 {
				t.Skip("no such key yet")
			}
			return rapid.SampledFrom(ids).Draw(t, "key")
		}
		t.Repeat(map[string]func(*rapid.T){
			"seal": func(t *rapid.T) {
				plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
				sealed, by, err := pick(t).Seal(plain, about)
				require.NoError(t, err)
				id, ok := keyring.SealedBy(sealed)
				require.True(t, ok)
				require.Equal(t, by, id)
				items = append(items, item{plain, sealed})
			},
			"rotate": func(t *rapid.T) {
				id, err := pick(t).Rotate()
				require.NoError(t, err)
				keys, err := second.Keys()
				require.NoError(t, err)
				require.Contains(t, keys, keyring.Key{ID: id, Primary: true, Enabled: true})
			},
			"add and promote": func(t *rapid.T) {
				r := pick(t)
				id, err := r.Add()
				require.NoError(t, err)
				keys, err := r.Keys()
				require.NoError(t, err)
				require.Contains(t, keys, keyring.Key{ID: id, Enabled: true})
				require.NoError(t, r.Promote(id))
			},
			"disable": func(t *rapid.T) {
				id := someKey(t, func(k keyring.Key) bool { return k.Enabled && !k.Primary })
				require.NoError(t, pick(t).Disable(id))
			},
			"enable": func(t *rapid.T) {
				id := someKey(t, func(k keyring.Key) bool { return !k.Enabled })
				require.NoError(t, pick(t).Enable(id))
			},
			"": func(t *rapid.T) {
				keys, err := first.Keys()
				require.NoError(t, err)
				enabled := map[keyring.KeyID]bool{}
				for _, k := range keys {
					enabled[k.ID] = k.Enabled
				}
				// Listing the keys made both rings read the file.
				_, err = second.Keys()
				require.NoError(t, err)
				for _, it := range items {
					id, _ := keyring.SealedBy(it.sealed)
					for _, r := range rings {
						plain, err := r.Open(it.sealed, about)
						if enabled[id] {
							require.NoError(t, err)
							require.True(t, bytes.Equal(it.plain, plain))
							continue
						}
						var missing *keyring.MissingKeyError
						require.ErrorAs(t, err, &missing)
						require.True(t, missing.Disabled)
					}
				}
			},
		})
	})
}

func TestProcessReadsWhatAnotherSealedAfterRotating(t *testing.T) {
	r, path := newRing(t)
	other, err := keyring.Load(path)
	require.NoError(t, err)
	_, err = r.Rotate()
	require.NoError(t, err)
	sealed, _, err := r.Seal([]byte("x"), about)
	require.NoError(t, err)
	plain, err := other.Open(sealed, about)
	require.NoError(t, err)
	assert.Equal(t, "x", string(plain))
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "items.json")
	r, err := keyring.LoadOrCreate(path)
	if err != nil {
		f.Fatal(err)
	}
	good, _, err := r.Seal([]byte("seed"), about)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(nil))
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Add(good[:len(good)-1])
	f.Add(append(bytes.Clone(good), 0))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if bytes.Equal(sealed, good) {
			t.Skip("this is the one content that must open")
		}
		plain, err := r.Open(sealed, about)
		if err == nil || plain != nil {
			t.Fatalf("opened %d bytes that nobody sealed", len(sealed))
		}
	})
}
