package devserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// attributeLimit is how long a cluster may take to spread a new search
// attribute: its caches refresh about once a minute.
const attributeLimit = 90 * time.Second

// RegisterSearchAttributes adds the attributes the namespace lacks and returns
// when all can be used. An attribute of the same name and another type is an
// error, because remittances could then not be listed.
func RegisterSearchAttributes(ctx context.Context, c client.Client, namespace string, want map[string]enums.IndexedValueType) error {
	if len(want) == 0 {
		return nil
	}
	missing, err := missingAttributes(ctx, c, namespace, want)
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("register search attributes in namespace %q (an operator can do it with `%s`): %w", namespace, createCommand(namespace, missing), err)
	}
	return awaitAttributes(ctx, c, namespace, want)
}

func awaitAttributes(ctx context.Context, c client.Client, namespace string, want map[string]enums.IndexedValueType) error {
	ctx, cancel := context.WithTimeout(ctx, attributeLimit)
	defer cancel()
	for {
		missing, err := missingAttributes(ctx, c, namespace, want)
		if err == nil && len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("search attributes %s were registered in namespace %q but cannot be used after %s",
				strings.Join(slices.Sorted(maps.Keys(missing)), ", "), namespace, attributeLimit), err)
		case <-time.After(readyPoll):
		}
	}
}

func missingAttributes(ctx context.Context, c client.Client, namespace string, want map[string]enums.IndexedValueType) (map[string]enums.IndexedValueType, error) {
	have, err := customAttributes(ctx, c, namespace)
	if err != nil {
		return nil, fmt.Errorf("list the search attributes of namespace %q: %w", namespace, err)
	}
	missing := map[string]enums.IndexedValueType{}
	for name, kind := range want {
		switch known, ok := have[name]; {
		case !ok:
			missing[name] = kind
		case known != kind:
			return nil, fmt.Errorf("search attribute %s of namespace %q is %s and must be %s: remove it with `temporal operator search-attribute remove --namespace %s --name %s`, or use another namespace",
				name, namespace, known, kind, namespace, name)
		}
	}
	return missing, nil
}

// customAttributes asks the operator service, which knows the names of one
// namespace on every store. Managed clusters offer it to nobody; there the
// workflow service gives the names.
func customAttributes(ctx context.Context, c client.Client, namespace string) (map[string]enums.IndexedValueType, error) {
	list, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err == nil {
		return list.GetCustomAttributes(), nil
	}
	var unimplemented *serviceerror.Unimplemented
	var denied *serviceerror.PermissionDenied
	if !errors.As(err, &unimplemented) && !errors.As(err, &denied) {
		return nil, err
	}
	all, getErr := c.GetSearchAttributes(ctx)
	if getErr != nil {
		return nil, errors.Join(err, getErr)
	}
	return all.GetKeys(), nil
}

func createCommand(namespace string, attributes map[string]enums.IndexedValueType) string {
	var b strings.Builder
	fmt.Fprintf(&b, "temporal operator search-attribute create --namespace %s", namespace)
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		fmt.Fprintf(&b, " --name %s --type %s", name, attributes[name])
	}
	return b.String()
}
