package com.threatwinds.compute.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.docs.Drawing.Ink;
import com.threatwinds.compute.operator.docs.Drawing.Line;
import com.threatwinds.compute.operator.reconcile.Life;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class PicturesTest {

  private static final Life LIFE = Life.all();

  static List<String> pictures() {
    return Documents.all().entrySet().stream()
        .filter(document -> document.getKey().toString().endsWith(".svg"))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static Document parsed(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static String words(String svg) throws Exception {
    var texts = parsed(svg).getElementsByTagName("text");
    return IntStream.range(0, texts.getLength())
        .mapToObj(i -> texts.item(i).getTextContent())
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void hasWordsForThoseWhoCantSeeIt(String svg) throws Exception {
    Element root = parsed(svg).getDocumentElement();

    assertThat(root.getAttribute("role")).isEqualTo("img");
    assertThat(root.getAttribute("aria-labelledby")).isEqualTo("title desc");
    assertThat(root.getElementsByTagName("title").item(0).getTextContent()).isNotBlank();
    assertThat(root.getElementsByTagName("desc").item(0).getTextContent()).hasSizeGreaterThan(200);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void fitsOnAPageAndIsForBothThemes(String svg) throws Exception {
    Element root = parsed(svg).getDocumentElement();

    assertThat(Integer.parseInt(root.getAttribute("width"))).isLessThanOrEqualTo(1200);
    assertThat(root.getAttribute("viewBox"))
        .isEqualTo("0 0 " + root.getAttribute("width") + " " + root.getAttribute("height"));
    for (Ink ink : Ink.values()) {
      if (ink != Ink.PLAIN) {
        assertThat(svg.split("\\." + ink.name().toLowerCase(java.util.Locale.ROOT) + " \\{"))
            .as(ink + " in light and in dark")
            .hasSize(3);
      }
    }
    assertThat(svg).doesNotContain("href").doesNotContain("<script");
  }

  @Test
  void theLifeShowsEveryReasonEveryPlaceAndEveryArrow() throws Exception {
    String words = words(LifePicture.svg(LIFE));
    String text = LifePicture.text(LIFE);

    for (Reason reason : Reason.values()) {
      assertThat(words).containsPattern("\\b" + reason + "\\b");
    }
    List<Arrows.Arrow> arrows = Arrows.of(LIFE);
    assertThat(arrows).hasSizeGreaterThan(15);
    for (Arrows.Arrow arrow : arrows) {
      String from = arrow.from().equals(Life.Place.UNSEEN.title()) ? Arrows.ANY : arrow.from();
      assertThat(text).contains("\"" + from + "\" -> \"" + arrow.to() + "\"");
      assertThat(words).contains(arrow.to().replace(Arrows.ANY, "In any state"));
      for (String step : arrow.steps()) {
        assertThat(words).contains(step.replaceAll("(: Accepted| \\(.*)", ""));
      }
    }
  }

  @Test
  void theCreateEndsAsAskedOrWithAPerson() throws Exception {
    assertThat(words(CreatePicture.svg()))
        .contains("observe Observer decide Decider execute Executor report StatusReport")
        .contains("Found: RUNNING Rest nothing to call Ready: Running")
        .contains("Due Settle Made, NotMade, Ambiguous")
        .endsWith("Stalled: CreateOutcomeUnknown");
  }

  @Test
  void noTextMayBeCovered() {
    Drawing drawing = new Drawing("t", "d");
    drawing.text(20, 40, new Line(Ink.PLAIN, "a text"));
    drawing.text(50, 44, new Line(Ink.PLAIN, "another"));
    drawing.arrow(false, 80, 10, 80, 100);

    assertThat(drawing.faults(200, 200))
        .containsExactly("a text and another", "another and arrow to 80,100");
  }

  @Test
  void aTextMustFitIntoItsBoxAndThePicture() {
    Drawing drawing = new Drawing("t", "d");
    drawing.box(20, 20, 60, "Title", List.of(new Line(Ink.PLAIN, "far too long for this")));
    drawing.text(190, 100, new Line(Ink.PLAIN, "outside"));
    drawing.arrow(false, 10, 40, 100, 40);

    assertThat(drawing.faults(200, 200))
        .contains("far too long for this and the side of box Title", "outside is outside")
        .contains("box Title and arrow to 100,40");
    assertThatThrownBy(() -> drawing.svg(200, 200)).hasMessageContaining("outside is outside");
  }
}
