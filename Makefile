# Finds a JDK and calls the Maven wrapper; all else is in pom.xml.
#   MVN=mvn       another Maven than the wrapper's
#   ONCE=1        make demo ends by itself, with 0 if all became as asked
#   ONLY          make faults plays only the cases whose name has this regular expression; "planted ..." are
#                 those of the planted errors
#   N, HELD       make bench: sizes with everything measured, and with memory alone (10,1000,10000; 50000)
#   ROWS          make bench: only life, burst, queue or crowd
#   KUBE_ASSETS   a directory with kube-apiserver and etcd, for make it and make demo
#   IMAGE         the name that make image gives
#   VERSION       that make plugin packs; SOURCE is the repository that its archive is released from

MVN    ?= ./mvnw
IMAGE  ?= compute-operator:dev
VERSION ?= $(shell sed -n 's|^  <version>\([0-9.]*\).*</version>|\1|p' pom.xml)
SOURCE  ?= https://github.com/threatwinds/compute-operator
MAVEN   = JAVA_HOME="$$(.mvn/find-jdk)" && export JAVA_HOME && $(MVN) -B -ntp
PACKAGE = $(MAVEN) -q package -Dskip.unit.tests=true -Dspotless.check.skip
JAVA    = "$$(.mvn/find-jdk)/bin/java"
TEST_JAVA = $(JAVA) -Djava.util.logging.manager=org.jboss.logmanager.LogManager \
  -cp "target/test-classes:target/classes:$$(cat target/test-classpath)"

KUBE_API_SERVERS = $(if $(KUBE_ASSETS),$(KUBE_ASSETS),$(wildcard $(HOME)/.kubeapitest/k8s/*/kube-apiserver))

export ONCE KUBE_ASSETS

.DEFAULT_GOAL := help
.PHONY: help demo test it faults bench assets run crds manifests argocd docs plugin reproducible image image-test format clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Show the operator at work on this machine: no cluster, no account (ONCE=1 ends by itself)
	@echo "Building: a minute or two, and longer the first time, when the libraries are downloaded."
	@$(PACKAGE)
	@[ ! -t 1 ] || terminal=true; \
	exec $(TEST_JAVA) -Duser.home="$(HOME)" -Ddemo.terminal="$${terminal:-false}" \
	  com.threatwinds.compute.operator.demo.Demo

test: ## All tests: units, then the packaged operator against a mock cluster
	@$(MAVEN) verify

it: ## The packaged operator against a real kube-apiserver, where there is one
ifeq ($(KUBE_API_SERVERS),)
	@echo "skipped: no kube-apiserver; set KUBE_ASSETS to a directory with kube-apiserver and etcd," \
	  "or try make assets, which downloads them"
else
	@$(MAVEN) verify -Preal-cluster
endif

faults: ## The whole fault matrix, most of an hour (ONLY='F1 kill' plays the cases of that name)
	@$(MAVEN) verify -Pfaults $(if $(ONLY),-Dfaults.only='$(ONLY)')

bench: ## What it costs beside a plain operator: a table, half an hour or so (N=10,1000 HELD=0: smaller)
	@echo "Building: a minute or two."
	@$(PACKAGE)
	@exec $(TEST_JAVA) com.threatwinds.compute.operator.bench.Bench

assets: ## Download etcd and kube-apiserver for make it
	@$(PACKAGE)
	@$(TEST_JAVA) com.threatwinds.compute.operator.testing.DownloadKubeAssets

run: ## Run the operator here, against the current kubeconfig
	@$(PACKAGE)
	@exec $(JAVA) -jar target/quarkus-app/quarkus-run.jar

crds: ## Generate crds/ from the Java types
	@$(PACKAGE)
	@ls crds

BASE = deploy/kustomize/base

manifests: crds ## Generate what deploy/ has of crds/, and deploy/install.yaml
	@for file in crds/*.yml; do echo ---; cat $$file; done | sed 1d > $(BASE)/definitions.yaml
	@cp crds/*.yml deploy/helm/compute-operator/files/crds/
	@cp deploy/monitoring/rules.yaml deploy/monitoring/dashboard.json deploy/helm/compute-operator/files/monitoring/
	@{ sed '/^spec:/q' deploy/monitoring/prometheusrule.yaml; sed -n '/^groups:/,$$s/^/  /p' deploy/monitoring/rules.yaml; } \
	  > target/rule.yaml && mv target/rule.yaml deploy/monitoring/prometheusrule.yaml
	@{ awk '/^#/ { print; next } { exit }' deploy/install.yaml; \
	   awk '/^- / { print $$2 }' $(BASE)/kustomization.yaml | while read -r file; do echo ---; cat $(BASE)/$$file; done | sed 1d; \
	 } > target/install.yaml && mv target/install.yaml deploy/install.yaml

plugin: ## Pack the kubectl plugin and its krew manifest into target/plugin
	@mkdir -p target/plugin
	@tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a=rx -C deploy/kubectl-plugin \
	  -cf - kubectl-compute | gzip -n > target/plugin/kubectl-compute.tar.gz
	@sum=$$(sha256sum target/plugin/kubectl-compute.tar.gz | cut -d ' ' -f 1) && \
	  sed -e '1,2d' -e "s#@VERSION@#$(VERSION)#; s#@SOURCE@#$(SOURCE)#; s#@SHA256@#$$sum#" \
	    deploy/kubectl-plugin/krew.yaml.in > target/plugin/krew.yaml
	@echo target/plugin/krew.yaml

argocd: ## Generate deploy/argocd/argocd-cm.yaml and helm-values.yaml from the scripts beside them
	@$(PACKAGE)
	@$(TEST_JAVA) com.threatwinds.compute.operator.argocd.ArgoCdSettings
	@ls deploy/argocd/*.yaml

docs: ## Generate docs/reference.md and docs/pictures from crds/ and the code
	@$(PACKAGE)
	@$(TEST_JAVA) com.threatwinds.compute.operator.docs.Documents
	@ls docs/reference.md docs/pictures/*

reproducible: ## Build twice, in two directories, zones and languages, and compare each file that ships
	@rm -rf target/reproducible
	@for build in "a UTC C" "b Asia/Tokyo C.UTF-8"; do \
	  set -- $$build && mkdir -p "target/reproducible/$$1" && \
	  tar -cf - .mvn mvnw pom.xml src/build src/main | tar -C "target/reproducible/$$1" -xf - && \
	  (JAVA_HOME="$$(.mvn/find-jdk)" && export JAVA_HOME && cd "target/reproducible/$$1" && TZ=$$2 LC_ALL=$$3 $(MVN) -B -ntp -q package \
	    -Dmaven.test.skip -Dmdep.skip -Dspotless.check.skip) && \
	  (cd "target/reproducible/$$1/target" && find quarkus-app sbom.json -type f | LC_ALL=C sort | xargs sha256sum) \
	    > "target/reproducible/$$1.sums" || exit 1; \
	done
	@diff target/reproducible/a.sums target/reproducible/b.sums
	@echo "the same, file by file: $$(wc -l < target/reproducible/a.sums) files, all together" \
	  "$$(sha256sum < target/reproducible/a.sums | cut -d ' ' -f 1)"

image: ## Build the container image, with docker, podman or buildah
	@for engine in docker podman buildah; do \
	  if $$engine info >/dev/null 2>&1; then echo "$$engine build -t $(IMAGE) ."; exec $$engine build -t "$(IMAGE)" .; fi; \
	done; \
	echo "No container engine works here: docker, podman or buildah is needed to build an image." >&2; exit 1

image-test: ## Build the images twice on a stand-in base and start them (root, buildah and debootstrap)
	@.ci/image-test

format: ## Format the sources
	@$(MAVEN) -q spotless:apply

clean: ## Remove what was built
	@$(MAVEN) -q clean
