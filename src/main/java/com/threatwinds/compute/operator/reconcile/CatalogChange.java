package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import com.threatwinds.compute.operator.compute.Template;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What must be written so that the ComputeTemplates say what the API offers; nothing where they say
 * it already.
 */
sealed interface CatalogChange {

  /** There is none of that name yet. */
  record Create(TemplateName name, ComputeTemplateStatus status) implements CatalogChange {}

  /** It says something else. */
  record Update(ComputeTemplate current, ComputeTemplateStatus status) implements CatalogChange {}

  /** It has been unavailable for long enough. */
  record Delete(ComputeTemplate gone) implements CatalogChange {}

  /** More than that are not shown, whatever the API answers: the cluster has to store them. */
  int MOST_TEMPLATES = 1_000;

  int MOST_ZONES = 100;

  /**
   * The templates that are shown, each under its name: those that a ComputeInstance may ask for. Of
   * two that share a name, the first by id.
   */
  static Map<TemplateName, Template> shown(List<Template> offered) {
    Map<TemplateName, Template> shown = new LinkedHashMap<>();
    offered.stream()
        .filter(template -> ComputeInstanceSpec.isTemplateId(template.id()))
        .sorted(Comparator.comparing(Template::id))
        .limit(MOST_TEMPLATES)
        .forEach(template -> shown.putIfAbsent(TemplateName.of(template.id()), template));
    return shown;
  }

  /**
   * What has to be written.
   *
   * @param there all ComputeTemplates of the cluster
   * @param shown what the API offers
   * @param zones of a template; empty while they are not known, and then what is there stays
   * @param mayGo whether one that is unavailable has been so for long enough, and nobody needs it
   */
  static List<CatalogChange> between(
      List<ComputeTemplate> there,
      Map<TemplateName, Template> shown,
      Function<String, Optional<List<String>>> zones,
      Predicate<TemplateName> mayGo) {
    Map<TemplateName, ComputeTemplate> byName = new HashMap<>();
    there.forEach(template -> byName.put(nameOf(template), template));
    List<CatalogChange> changes = new ArrayList<>();
    shown.forEach(
        (name, template) -> {
          ComputeTemplate current = byName.remove(name);
          ComputeTemplateStatus before = current == null ? null : current.getStatus();
          ComputeTemplateStatus status = statusOf(template, zones.apply(template.id()), before);
          if (current == null) {
            changes.add(new Create(name, status));
          } else if (!status.equals(before)) {
            changes.add(new Update(current, status));
          }
        });
    byName.forEach(
        (name, vanished) -> {
          ComputeTemplateStatus before = vanished.getStatus();
          if (before == null || !Boolean.FALSE.equals(before.available())) {
            ComputeTemplateStatus known = before == null ? ComputeTemplateStatus.NONE : before;
            changes.add(new Update(vanished, known.unavailable()));
          } else if (mayGo.test(name)) {
            changes.add(new Delete(vanished));
          }
        });
    return changes;
  }

  static TemplateName nameOf(ComputeTemplate template) {
    return new TemplateName(template.getMetadata().getName());
  }

  private static ComputeTemplateStatus statusOf(
      Template template, Optional<List<String>> zones, @Nullable ComputeTemplateStatus before) {
    List<String> known =
        zones
            .map(CatalogChange::usable)
            .orElse(before == null || before.zones() == null ? List.of() : before.zones());
    return new ComputeTemplateStatus(
        template.id(),
        template.name(),
        template.description(),
        template.machineType(),
        template.diskSizeGb(),
        template.diskType(),
        template.image(),
        template.region(),
        known.isEmpty() ? null : known,
        template.defaultZone(),
        true);
  }

  /** In an order of ours: one that the API changes at will must not be written each time. */
  private static List<String> usable(List<String> zones) {
    return zones.stream()
        .filter(ComputeInstanceSpec::isZone)
        .distinct()
        .sorted()
        .limit(MOST_ZONES)
        .toList();
  }
}
