"""What a family has and spends: income of four kinds, costs, property, the account to pay to (57号 第十三、十四条)."""

from __future__ import annotations

from core.api import MEMBER_ROWS, N_, Choice, Per, Question, QuestionKind, Section, Sensitivity, ShownIf
from plugins.national.texts import article

COUNT_INCOME = N_("算家里每人每月有多少收入")
COUNT_PROPERTY = N_("看家里的财产合不合规定")
COUNT_COST = N_("按规定从收入里扣掉看病、上学这些花销")

INCOME_KINDS = (
    Choice("wage", N_("打工、上班的钱"), N_("工资、奖金、做零工"), law_label=N_("工资性收入")),
    Choice("business", N_("种地、养殖、做生意的钱"), N_("扣掉本钱剩下的"), law_label=N_("经营净收入")),
    Choice("property_income", N_("租金、利息、分红"), N_("房租、土地流转、利息"), law_label=N_("财产净收入")),
    Choice("transfer", N_("别人给的、发的钱"), N_("赡养费、养老金、失业金"), law_label=N_("转移净收入")),
)
PERIODS = (Choice("month", N_("每月")), Choice("year", N_("每年")))


def _whose(label: str, purpose: str, basis: str, *, required: bool = True) -> Question:
    return Question(
        "member",
        label,
        QuestionKind.CHOICE,
        required=required,
        sensitivity=Sensitivity.PERSONAL,
        purpose=purpose,
        legal_basis=basis,
        choices_from=MEMBER_ROWS,
    )


def _amount(label: str, purpose: str, basis: str, hint: str = "") -> Question:
    return Question(
        "amount",
        label,
        QuestionKind.MONEY,
        required=True,
        sensitivity=Sensitivity.SENSITIVE,
        purpose=purpose,
        legal_basis=basis,
        hint=hint,
        minimum=0,
        maximum=100_000_000_00,
    )


def _kind(label: str, choices: tuple[Choice, ...], purpose: str, basis: str) -> Question:
    return Question(
        "kind",
        label,
        QuestionKind.CHOICE,
        required=True,
        sensitivity=Sensitivity.SENSITIVE,
        purpose=purpose,
        legal_basis=basis,
        choices=choices,
    )


def _description(label: str, purpose: str, basis: str) -> Question:
    return Question(
        "description",
        label,
        QuestionKind.TEXT,
        sensitivity=Sensitivity.SENSITIVE,
        purpose=purpose,
        legal_basis=basis,
        max_length=100,
    )


def _period(purpose: str, basis: str) -> Question:
    return Question(
        "period",
        N_("这是多久的钱"),
        QuestionKind.CHOICE,
        required=True,
        sensitivity=Sensitivity.SENSITIVE,
        purpose=purpose,
        legal_basis=basis,
        choices=PERIODS,
    )


INCOMES = Section(
    "incomes",
    N_("家里收入"),
    (
        _whose(N_("谁的收入"), COUNT_INCOME, article("第十三条")),
        _kind(N_("是哪一种钱"), INCOME_KINDS, COUNT_INCOME, article("第十三条")),
        _description(N_("做什么得的"), COUNT_INCOME, article("第十三条")),
        _amount(
            N_("多少钱"),
            COUNT_INCOME,
            article("第十三条"),
            N_("写没扣社保以前的数。来回车费由镇里核算时扣。"),
        ),
        _period(COUNT_INCOME, article("第十三条")),
        Question(
            "basic_pension",
            N_("其中中央基础养老金每月多少"),
            QuestionKind.MONEY,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=N_("基础养老金按规定不算收入"),
            legal_basis=article("第十三条"),
            hint=N_("只有领城乡居民养老金的人写；不知道就空着，镇里会查。"),
            shown_if=ShownIf("kind", ("transfer",)),
            minimum=0,
        ),
        Question(
            "document",
            N_("有条子的拍一张"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=COUNT_INCOME,
            legal_basis=article("第九条"),
        ),
    ),
    per=Per.INCOME,
    hint=N_(
        "要写：打工的钱，种养和做生意扣掉本钱后剩的钱，租金、利息、分红，子女给的钱和养老金。"
        "不用写：低保金、残疾人补贴、高龄补贴、奖学金、优抚金。拿不准就写上，镇里会按规定扣掉。"
    ),
    add_label=N_("加一项收入"),
    at_most=100,
)

EXPENSES = Section(
    "expenses",
    N_("看病、上学、康复的花销"),
    (
        _whose(N_("花在谁身上"), COUNT_COST, article("第十三条")),
        _kind(
            N_("花在什么上"),
            (
                Choice("medical_expense", N_("看病吃药"), N_("报销以后自己出的钱")),
                Choice("school_expense", N_("上学"), N_("学费、住宿费，按公办学校的标准算")),
                Choice("rehabilitation_expense", N_("残疾人康复和辅具"), N_("补助以后自己出的钱")),
            ),
            COUNT_COST,
            article("第十三条"),
        ),
        _description(N_("具体是什么"), COUNT_COST, article("第十三条")),
        _amount(N_("自己出了多少钱"), COUNT_COST, article("第十三条")),
        _period(COUNT_COST, article("第十三条")),
        Question(
            "document",
            N_("收据或发票"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=COUNT_COST,
            legal_basis=article("第十三条"),
        ),
    ),
    per=Per.EXPENSE,
    hint=N_("没有就不用写。写过去一年的。"),
    add_label=N_("加一项花销"),
    at_most=100,
)

PROPERTIES = Section(
    "properties",
    N_("房子、车和存款"),
    (
        _kind(
            N_("是什么"),
            (
                Choice("deposit", N_("存款"), N_("银行、信用社、微信、支付宝里的钱都算")),
                Choice("securities", N_("股票、基金、理财")),
                Choice("insurance", N_("商业保险"), N_("有返还的、能退钱的保险")),
                Choice("dwelling", N_("住房")),
                Choice("other_house", N_("门面、厂房、别的房子")),
                Choice("vehicle", N_("汽车、农用车、船"), N_("残疾人代步车、摩托车、电动车不用写")),
                Choice("enterprise", N_("开的店、办的厂、入的股")),
            ),
            COUNT_PROPERTY,
            article("第十四条"),
        ),
        _whose(N_("在谁名下"), COUNT_PROPERTY, article("第十四条"), required=False),
        Question(
            "quantity",
            N_("几处、几辆"),
            QuestionKind.WHOLE_NUMBER,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=COUNT_PROPERTY,
            legal_basis=article("第十四条"),
            shown_if=ShownIf("kind", ("dwelling", "other_house", "vehicle", "enterprise")),
            minimum=1,
            maximum=99,
        ),
        _amount(
            N_("值多少钱"),
            COUNT_PROPERTY,
            article("第十四条"),
            N_("存款写现在有多少；房子和车写不准的，写 0 并在下面说明。"),
        ),
        _description(N_("说明"), COUNT_PROPERTY, article("第十四条")),
    ),
    per=Per.PROPERTY,
    hint=N_("自己住的房子也写上。家里过日子必需的东西不用写。"),
    add_label=N_("加一项"),
    at_most=100,
)

_TO_BE_PAID = N_("批准以后按月打钱")
_HAVING_ONE = ShownIf("has_account", ("have",))

ACCOUNT = Section(
    "account",
    N_("收款账户"),
    (
        Question(
            "has_account",
            N_("有银行卡或者存折吗"),
            QuestionKind.CHOICE,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=_TO_BE_PAID,
            legal_basis=article("第二十五条"),
            choices=(
                Choice("have", N_("有")),
                Choice("to_open", N_("现在没有，请窗口帮着办"), N_("不影响这次申请。")),
            ),
        ),
        Question(
            "account_holder",
            N_("账户是谁的"),
            QuestionKind.CHOICE,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=_TO_BE_PAID,
            legal_basis=article("第二十五条"),
            choices_from=MEMBER_ROWS,
            shown_if=_HAVING_ONE,
        ),
        Question(
            "bank_name",
            N_("哪家银行或信用社"),
            QuestionKind.TEXT,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=_TO_BE_PAID,
            legal_basis=article("第二十五条"),
            shown_if=_HAVING_ONE,
            max_length=60,
        ),
        Question(
            "bank_account",
            N_("卡号或存折账号"),
            QuestionKind.BANK_ACCOUNT,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=_TO_BE_PAID,
            legal_basis=article("第二十五条"),
            shown_if=_HAVING_ONE,
            hint=N_("自己没有的，用家里别人的也可以。"),
        ),
    ),
    hint=N_("只用来打救助金。卡和密码谁也不能代为保管，除非按规定签过协议。"),
)
