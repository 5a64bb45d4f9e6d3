"""Policy guides and the five-question self check, in the words of a township window (R2-27)."""

from __future__ import annotations

from core.api import (
    N_,
    Choice,
    Figure,
    FormDeclaration,
    FormSubject,
    Guide,
    GuideStep,
    Question,
    QuestionKind,
    Section,
    SelfCheck,
    SelfCheckHint,
    ShownIf,
)
from plugins.national.texts import (
    ASSISTANCE_RULES,
    CONFIRMATION_RULES,
    NOTICE_39,
    RIGID_EXPENSE_RULES,
    TEKUN_RULES,
)

STANDARD = (Figure("urban", "dibao.standard", "urban"), Figure("rural", "dibao.standard", "rural"))

GUIDES = (
    Guide(
        code="dibao",
        title=N_("最低生活保障（低保）"),
        summary=N_("家里每人每月收入低于当地低保线的家庭。"),
        summary_with_figures=N_("家里每人每月收入低于低保线：城里{urban}元，农村{rural}元。"),
        figures=STANDARD,
        gives=N_("每月补足差的部分"),
        picture="bowl",
        scheme="dibao",
        source=CONFIRMATION_RULES,
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_(
                    "住在一起、一起过日子的一家人，平均每人的收入低于低保线，房子、车和存款也合规定，"
                    "就可以申请。看的是收入，不看您做什么工作、是什么身份。"
                ),
            ),
            GuideStep(
                N_("怎么申请"),
                N_(
                    "家里一个人提出就行：在手机上填，到户口所在的乡镇（街道）窗口，或者请村里代办。"
                    "写清家里有谁、有多少收入和财产，拍下身份证或户口本。"
                ),
            ),
            GuideStep(
                N_("要签什么"),
                N_(
                    "每个大人自己签一份核对授权书，同意查收入和财产。孩子由监护人代签。没有您的签字，谁也不能查。"
                ),
            ),
            GuideStep(
                N_("接下来会怎样"),
                N_(
                    "镇里受理后上门看，再核对收入，提出意见，在村里公示。没有异议的，县民政局确认，"
                    "下个月起把钱打到您的账户。不同意的，会书面告诉您理由，您可以申请复议。"
                ),
            ),
            GuideStep(
                N_("批了以后"),
                N_("家里的人、收入、财产变了，要告诉镇里。镇里会定期来看，变多变少都按规定调整。"),
            ),
        ),
    ),
    Guide(
        code="tekun",
        title=N_("特困供养"),
        summary=N_("干不了活、没有收入，也没有人能养的老人、孩子和残疾人。"),
        gives=N_("管吃穿住，有人照料，看病有帮助"),
        picture="house",
        source=TEKUN_RULES,
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_("没有劳动能力、没有生活来源、没有赡养抚养人或赡养抚养人也没有能力，三样都符合。"),
            ),
            GuideStep(
                N_("怎么申请"), N_("到户口所在的乡镇（街道）窗口，或者请村里代办。行动不便的，镇里上门。")
            ),
            GuideStep(N_("怎么供养"), N_("可以住进供养机构，也可以在家，由镇里签协议请人照料。")),
        ),
    ),
    Guide(
        code="edge_family",
        title=N_("低保边缘家庭"),
        summary=N_("收入比低保线高一点，日子还是紧。"),
        gives=N_("看病、上学、住房方面的帮助"),
        picture="stairs",
        source=f"{CONFIRMATION_RULES}第八条；{NOTICE_39}",
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_(
                    "没有享受低保，平均每人收入比低保线高一点、没超过当地边缘家庭的线，房子、车和存款合规定的家庭。"
                ),
            ),
            GuideStep(
                N_("有什么用"),
                N_(
                    "能得到医疗、教育、住房等专项救助。家里有重度残疾人、重病患者的，他本人可以单独申请低保。"
                ),
            ),
            GuideStep(N_("怎么申请"), N_("和低保一样申请；不够低保的，镇里会接着看够不够边缘家庭。")),
        ),
    ),
    Guide(
        code="rigid_expense_family",
        title=N_("花销太大的困难家庭"),
        summary=N_("收入不算低，但看病、上学、残疾康复花得太多。"),
        gives=N_("按花销和收入的比例认定，再给帮助"),
        picture="receipt",
        source=RIGID_EXPENSE_RULES,
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_("过去12个月里，看病、上学、康复自己出的钱，占家里总收入的比例超过当地规定。"),
            ),
            GuideStep(N_("要留着什么"), N_("医院、学校、康复机构的正式收据。")),
            GuideStep(N_("怎么申请"), N_("到户口所在的乡镇（街道）窗口。认定后最长管12个月，到期再申请。")),
        ),
    ),
    Guide(
        code="temporary_assistance",
        title=N_("临时救助"),
        summary=N_("突然着火、出车祸、得大病，一时过不下去。"),
        gives=N_("一次性救急，最急的先给钱、后补手续"),
        picture="lifebuoy",
        urgent=True,
        source=f"{ASSISTANCE_RULES}第四十七条；民发〔2018〕23号",
        steps=(
            GuideStep(N_("谁能申请"), N_("遇到急难、基本生活过不下去的家庭和个人。不是本地户口也能求助。")),
            GuideStep(N_("怎么求助"), N_("打镇里的电话，或者找村干部。急的先救，手续后补。")),
        ),
    ),
    Guide(
        code="children_and_disability",
        title=N_("孤儿和残疾人补贴"),
        summary=N_("没有父母照顾的孩子；生活困难或需要照护的残疾人。"),
        gives=N_("每月发生活费或补贴"),
        picture="hands",
        source=N_("孤儿、事实无人抚养儿童基本生活保障和残疾人两项补贴制度"),
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_("孤儿、事实无人抚养儿童；低保家庭里的残疾人；一级、二级重度残疾人。"),
            ),
            GuideStep(N_("怎么申请"), N_("到户口所在的乡镇（街道）窗口，或者请村里的儿童主任、协理员帮忙。")),
        ),
    ),
)

_YES_NO = QuestionKind.YES_NO

SELF_CHECK = SelfCheck(
    form=FormDeclaration(
        name="national.self_check",
        version="1",
        subject=FormSubject.SELF_CHECK,
        title=N_("看看我能申请什么"),
        region_code="000000000000",
        source=NOTICE_39,
        sections=(
            Section(
                "five_questions",
                N_("五个简单问题"),
                (
                    Question(
                        "sudden",
                        N_("家里是不是突然出了事，眼下过不下去"),
                        _YES_NO,
                        required=True,
                        hint=N_("比如着火、车祸、突然得大病、断了吃的。"),
                    ),
                    Question(
                        "alone",
                        N_("有没有干不了活、没有收入，也没人能养的人"),
                        _YES_NO,
                        required=True,
                        hint=N_("比如上了年纪的老人、孩子、重度残疾人。"),
                    ),
                    Question(
                        "income",
                        N_("家里平均每人每月有多少钱"),
                        QuestionKind.CHOICE,
                        required=True,
                        hint=N_("全家一个月的收入，除以一起过日子的人数。低保金、残疾人补贴不算。"),
                        choices=(
                            Choice("below_line", N_("比低保线少")),
                            Choice("below_edge", N_("比低保线多一点")),
                            Choice("over", N_("更多")),
                            Choice("unknown", N_("说不准")),
                        ),
                    ),
                    Question(
                        "ill_or_disabled",
                        N_("家里有没有重度残疾人，或者得了重病的人"),
                        _YES_NO,
                        required=True,
                    ),
                    Question(
                        "costs",
                        N_("看病、上学、康复，自己出的钱是不是多得扛不住"),
                        _YES_NO,
                        required=True,
                    ),
                ),
            ),
        ),
    ),
    hints=(
        SelfCheckHint(
            "temporary_assistance",
            (ShownIf("sudden", (True,)),),
            N_("先打镇里的电话，可以申请临时救助；急的先救，手续后补。"),
        ),
        SelfCheckHint("tekun", (ShownIf("alone", (True,)),), N_("可以问问特困供养。")),
        SelfCheckHint(
            "dibao",
            (ShownIf("income", ("below_line", "unknown")),),
            N_("可以申请低保。够不够，要看家里的收入和财产，由镇里核实、县民政局确认。"),
        ),
        SelfCheckHint(
            "dibao",
            (ShownIf("income", ("below_edge",)), ShownIf("ill_or_disabled", (True,))),
            N_("重度残疾或者得了重病的人，可以只替他一个人申请低保。"),
        ),
        SelfCheckHint(
            "edge_family",
            (ShownIf("income", ("below_edge", "unknown")),),
            N_("可以申请认定低保边缘家庭，在看病、上学、住房上得到帮助。"),
        ),
        SelfCheckHint(
            "rigid_expense_family",
            (ShownIf("costs", (True,)),),
            N_("花销占收入太多的，可以申请认定刚性支出困难家庭。"),
        ),
        SelfCheckHint(
            "children_and_disability",
            (ShownIf("ill_or_disabled", (True,)),),
            N_("有残疾证的，可以问问残疾人两项补贴。"),
        ),
    ),
    otherwise=N_("按您说的，眼下不一定够条件。情况会变，拿不准就打窗口电话问一问，问了不吃亏。"),
)
